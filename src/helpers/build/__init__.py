"""From parameters to pages: plan, execute, render, publish."""
