"""What people said in the workshops of a commune: how it is kept, what of it may be shown, and in which words.

Pages and documents read it here; `helpers.partnership` brings it in.
"""
