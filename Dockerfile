# syntax=docker/dockerfile:1

# One image for all processes; the command says which one runs (docker-compose.yml names them).

FROM node:24-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/webhook/package.json apps/webhook/
COPY apps/worker/package.json apps/worker/
COPY apps/console/package.json apps/console/
COPY apps/console/ui/package.json apps/console/ui/
COPY packages/shared/package.json packages/shared/
COPY packages/simulator/package.json packages/simulator/
COPY packages/client/package.json packages/client/
COPY packages/cli/package.json packages/cli/

FROM manifests AS build
ENV TURBO_TELEMETRY_DISABLED=1
COPY packages/local/package.json packages/local/
COPY packages/testkit/package.json packages/testkit/
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build

# What the processes need at run time, and nothing else. Omitting the packages alone would keep those of
# the test kit and the embedded Postgres, since npm follows the links between workspaces.
FROM manifests AS dependencies
RUN npm pkg delete devDependencies --workspaces --include-workspace-root
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app ./
COPY --from=build /app/apps/webhook/dist apps/webhook/dist
COPY --from=build /app/apps/worker/dist apps/worker/dist
COPY --from=build /app/apps/console/dist apps/console/dist
COPY --from=build /app/apps/console/ui/dist apps/console/ui/dist
COPY --from=build /app/packages/shared/dist packages/shared/dist
COPY --from=build /app/packages/simulator/dist packages/simulator/dist
COPY --from=build /app/packages/client/dist packages/client/dist
COPY --from=build /app/packages/cli/dist packages/cli/dist
COPY packages/cli/bin packages/cli/bin
COPY migrations migrations
# Volumes take the owner of the folder that they cover.
RUN mkdir /spool && chown node:node /spool
USER node
EXPOSE 8080 8081 8082
CMD ["node", "apps/webhook/dist/main.js"]
