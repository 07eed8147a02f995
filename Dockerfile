# syntax=docker/dockerfile:1
# Build: docker build -t jingluo .    Run: docker run -v jingluo:/data -p 8080:8080 -p 2575:2575 jingluo

FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/bin ./bin
COPY --from=build /build/dist ./dist
COPY --from=build /build/config ./config
COPY --from=build /build/mappings ./mappings
RUN install -d -o node -g node /data
USER node
VOLUME /data
# MLLP of HIS, LIS and PACS, then HTTP.
EXPOSE 2575 2576 2577 8080
# SIGTERM drains: listeners close, what was acknowledged is finished or left stored.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/jingluo.js"]
CMD ["start", "--data", "/data"]
