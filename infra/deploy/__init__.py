"""Files for those who deploy the product: image, Compose, Kubernetes, Prometheus rules, and the dashboard made from the metrics."""
