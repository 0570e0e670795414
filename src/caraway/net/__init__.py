"""Transports, and the asyncio face of a channel."""
