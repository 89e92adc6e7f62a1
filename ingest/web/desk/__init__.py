"""The desk's pages about partners: registry, bulletins, surveys. They stand below ``/desk``, behind the console's gate."""
