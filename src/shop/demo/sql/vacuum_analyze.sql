-- Statistics for the planner, and the visibility map that index-only scans need.
VACUUM ANALYZE;
