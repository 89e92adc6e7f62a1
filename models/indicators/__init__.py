"""What a tip shows: indicators with the shortest words that show each."""
