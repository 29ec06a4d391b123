# The demo as a container, for `docker compose --profile demo`. Its build context is the checkout.
FROM node:24.21.0-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund --no-progress && npm cache clean --force
COPY tsconfig.json tsconfig.esm.json ./
COPY src src
COPY examples examples
USER node
CMD ["node", "--import", "tsx", "examples/demo/main.ts"]
