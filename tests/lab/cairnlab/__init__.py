# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the lab: see docs/LAB.md for what it is and how the parts fit."""
