"""Working across desks and agencies: task forces, shares, agencies outside, and cases that few may know of."""
