// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/ResourceStore.h"

// The meta object of StoreSignals needs a translation unit of this library.
