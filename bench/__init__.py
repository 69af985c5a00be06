"""What EthicsDesk can do in a second, each measurement beside its yardstick of the same run."""
