"""Citizen services: matters, cases, evidence, rules, decisions, licences, offers."""
