"""Installing a routine: from a handful of demonstrations to an adapter and a gate."""
