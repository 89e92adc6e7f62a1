"""The partner API, version 1, over HTTP. Its addresses stand in ``ingest.api.endpoints``; the modules here answer them."""
