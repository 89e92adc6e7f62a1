"""Care: what people need help with, who can help, what a service may be told, and who else may look, once and for a reason."""
