"""Batches: many communes, on this machine or a cluster, in a folder or at an address."""
