"""The language of the product and every decision in it: tip, assessment, case, queue, viewer, query."""
