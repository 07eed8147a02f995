/** Writes a moment as HL7 TS to the second with its offset: `20261121073000+0800`. `offset` is in minutes east of UTC. */
export function formatTs(at: Date, offset: number): string {
  const local = new Date(at.getTime() + offset * 60_000).toISOString();
  const minutes = Math.abs(offset);
  const zone = `${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
  return `${local.slice(0, 19).replace(/[-:T]/g, '')}${offset < 0 ? '-' : '+'}${zone}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
