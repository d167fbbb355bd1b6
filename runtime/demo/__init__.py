"""The demo's company: what its ERP writes, from a seed. It writes source files and moves the clock, nothing else."""
