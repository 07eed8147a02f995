import type { ProblemTable } from './table.ts';

/** Problems of the area `channel`. */
export const CHANNEL_PROBLEMS = {
  'channel.port-taken': {
    meaning: 'The address and port of a listener are in use or may not be used.',
    advice: 'Stop the other program or change the port setting of the channel.',
  },
  'channel.bind-failed': {
    meaning: 'A listener could not bind its address.',
    advice: 'Check that the bind setting is an address of this machine and that the port may be used.',
  },
  'channel.tls-unreadable': {
    meaning: 'A certificate, key or CA file of a channel cannot be read or used.',
    advice:
      'Check the paths of the tls settings, the rights of the files and that key and certificate belong together.',
  },
  'channel.setting-invalid': {
    meaning: 'A setting of a channel holds a value that cannot be used.',
    advice: 'Correct the setting that the message names.',
  },
  'channel.not-hl7': {
    meaning: 'Bytes outside of an MLLP frame came in: the peer does not speak HL7 over MLLP.',
    advice:
      'Find the peer by its address: a browser, a scanner, a TLS client on a plain port or a misconfigured system.',
  },
  'channel.message-too-large': {
    meaning: 'A message is larger than the channel allows; it was refused and its rest skipped.',
    advice: 'Raise maxMessageBytes of the channel if messages of that size are expected.',
  },
  'channel.frame-cut': {
    meaning: 'A connection ended in the middle of a frame; the sender got no acknowledgement and sends it again.',
    advice: 'Look for a network or sender that drops connections if it happens often.',
  },
  'channel.peer-refused': {
    meaning: 'A peer that is not on the allow list, or one more than maxConnections, tried to connect.',
    advice: 'Add the address to allow, or raise maxConnections, if the peer is meant to connect.',
  },
  'channel.folder-unusable': {
    meaning: 'A folder of a file channel does not exist, or may not be read or written.',
    advice: 'Create the folder and give the engine the right to read, write and rename in it.',
  },
  'channel.file-unreadable': {
    meaning: 'A file of a file channel could not be read; it stays where it is and is tried again.',
    advice: 'Check the rights of the file and whether another program holds it open.',
  },
  'channel.partner-unavailable': {
    meaning: 'A destination could not be reached or did not answer in time.',
    advice: 'Check that the partner is up and that host, port and tls settings are right; delivery is tried again.',
  },
  'channel.partner-refused': {
    meaning: 'A destination answered that it will not take a message.',
    advice: 'Read the kept reply of the partner, correct the cause and send the message again.',
  },
  'channel.reply-unusable': {
    meaning: 'A destination answered with something that is no acknowledgement of the message sent.',
    advice: 'Check that the partner answers each message with an HL7 ACK whose MSA-2 repeats MSH-10.',
  },
  'channel.stopping': {
    meaning: 'The channel is shutting down and takes no more messages.',
    advice: 'Nothing to do: the sender sends the message again.',
  },
} as const satisfies ProblemTable;
