"""Many runs: blocks of design rows and luck, executed on any executor, kept in a store."""
