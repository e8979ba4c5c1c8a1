# syntax=docker/dockerfile:1
# The generated code and the style sheet are committed, so the build needs Go alone.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=unknown
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w -X plinth/cmd/plinth/app.Version=${VERSION}" -o /plinth ./cmd/plinth
# A fresh volume takes its owner from the folder it is laid over.
RUN mkdir -p /empty

# Nothing but the program, the root certificates and the time zones; no shell, and a user without a name or rights.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip
COPY --from=build /plinth /plinth
COPY --from=build --chown=65532:65532 /empty /var/lib/plinth
ENV ZONEINFO=/zoneinfo.zip
USER 65532:65532
# Inside of a container the port is published, so the listener must not stay on loopback.
ENV APP_ENV=production ADDR=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["/plinth", "doctor", "--alive"]
ENTRYPOINT ["/plinth"]
CMD ["web"]
