"""What a reading is worth: figures with their intervals, slices, the fairness suite, and the page that shows them."""
