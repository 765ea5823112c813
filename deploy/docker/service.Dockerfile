# The image of one service:  docker build -f deploy/docker/service.Dockerfile --build-arg SERVICE=billing .
# All services share the first stages, so that five images cost little more than one.

FROM python:3.13-slim AS packages
RUN python3 -m venv /opt/gerencia
ENV PATH=/opt/gerencia/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements.lock ./
# The versions of the lock file, as constraints: a service takes only what it needs of them.
RUN sed -nE 's/^([A-Za-z0-9._-]+==.*[^ \\]) *\\?$/\1/p' requirements.lock > versions.txt
COPY shared ./shared
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --quiet --constraint versions.txt ./shared/kernel ./shared/contracts

FROM packages AS service
ARG SERVICE
COPY services/${SERVICE} ./services/${SERVICE}
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --quiet --constraint versions.txt ./services/${SERVICE}

FROM python:3.13-slim
ARG SERVICE
COPY --from=service /opt/gerencia /opt/gerencia
RUN groupadd --gid 10001 gerencia \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin gerencia \
    && install -d -o gerencia -g gerencia /var/lib/gerencia
ENV PATH=/opt/gerencia/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=1 \
    GERENCIA_SERVICE=${SERVICE} \
    GERENCIA_HTTP_HOST=0.0.0.0 \
    GERENCIA_HTTP_PORT=9000
USER gerencia
EXPOSE 9000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-I", "-S", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:9000/health/ready', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/bin/sh", "-c", "exec python -m \"$GERENCIA_SERVICE\" \"$@\"", "--"]
