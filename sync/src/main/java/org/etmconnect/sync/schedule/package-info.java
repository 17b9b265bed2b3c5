// SPDX-License-Identifier: Apache-2.0
/** What happens by the clock: due runs of profiles, and daily upkeep. Several servers on one database share it. */
@NullMarked
package org.etmconnect.sync.schedule;

import org.jspecify.annotations.NullMarked;
