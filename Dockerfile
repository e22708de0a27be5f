# The server for use with a MongoDB: docker run -e SCHEDULER_MONGODB_URI=mongodb://… -p 8000:8000 IMAGE
# It writes nowhere but /tmp, so `--read-only --tmpfs /tmp` works. `scheduler worker` answers no
# requests: run it with --no-healthcheck.

FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements requirements
RUN pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
    && uv venv /opt/scheduler \
    && uv pip install --python /opt/scheduler/bin/python --no-cache --compile-bytecode \
        --require-hashes -r requirements/runtime.txt
COPY scripts scripts
COPY pyproject.toml README.md ./
COPY app app
RUN python scripts/graphiql_assets.py \
    && uv build --wheel --no-cache --out-dir /wheel \
        --require-hashes --build-constraints requirements/dev.txt \
    && uv pip install --python /opt/scheduler/bin/python --no-cache --compile-bytecode \
        --no-deps /wheel/*.whl

FROM python:3.11-slim
ENV PATH=/opt/scheduler/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SCHEDULER_ENVIRONMENT=production \
    SCHEDULER_HOST=0.0.0.0
COPY --from=build /opt/scheduler /opt/scheduler
LABEL org.opencontainers.image.title="Wrkbelt Scheduler API" \
    org.opencontainers.image.description="GraphQL API for the online booking of home services" \
    org.opencontainers.image.version="0.1.0"
# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:' + (os.environ.get('SCHEDULER_PORT') or '8000') + '/readyz', timeout=4)"]
ENTRYPOINT ["scheduler"]
CMD ["serve"]
