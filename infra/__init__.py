"""Every driver, the settings, the composition root, the command line and the deployment."""
