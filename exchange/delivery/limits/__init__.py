"""Limits closer than an agreement's quota: by officer, by subject, and what is left of each as headers."""
