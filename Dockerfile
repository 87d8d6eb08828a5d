# docs/container.md says how to run it; test/container.test.ts holds this file to what it promises.

# The packages of the lock file, for the platform of the image: npm only unpacks them, so this stage runs on the
# builder's own platform, and no package's install script runs.
FROM --platform=$BUILDPLATFORM node:24.11.1-bookworm-slim AS packages
ARG TARGETARCH
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \
    case "${TARGETARCH:-$(dpkg --print-architecture)}" in amd64) cpu=x64 ;; *) cpu=arm64 ;; esac \
 && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --os=linux --libc=glibc --cpu="$cpu" \
 # Bun goes into a layer of its own; of the rest stays what Bun loads: no types, no source maps, one of four copies of
 # the token tables.
 && mv node_modules/@oven/bun-linux-*/bin/bun /usr/local/bin/bun \
 && rm -r node_modules/@oven node_modules/bun node_modules/.bin node_modules/gpt-tokenizer/cjs \
      node_modules/gpt-tokenizer/data node_modules/gpt-tokenizer/src \
 && find node_modules -name '*.map' -delete -o -name '*.d.*ts' -delete

# glibc, root certificates, time zones; no shell, no package manager.
FROM gcr.io/distroless/base-nossl-debian12:nonroot
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="claude-code-proxy" \
      org.opencontainers.image.description="Run Claude Code and every Anthropic API client on OpenAI, Google Gemini, Anthropic and OpenAI-compatible servers." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION"
# What changes least comes first: a new version of the proxy is one small layer.
COPY --from=packages /usr/local/bin/bun /usr/local/bin/bun
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
# Reached through a published port, so the proxy wants a PROXY_API_KEY before it starts.
ENV HOST=0.0.0.0 PORT=8082
EXPOSE 8082
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 \
  CMD ["bun", "--no-env-file", "-e", "const { ok } = await fetch('http://127.0.0.1:' + process.env.PORT + '/health'); process.exit(ok ? 0 : 1)"]
ENTRYPOINT ["bun", "--no-env-file", "/app/src/main.ts"]
CMD ["serve"]
