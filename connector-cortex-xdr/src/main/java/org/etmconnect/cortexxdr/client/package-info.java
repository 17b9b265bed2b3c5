/** Calls to one tenant's public API: signing, pacing, retries, and the classification of everything that can go wrong. */
@NullMarked
package org.etmconnect.cortexxdr.client;

import org.jspecify.annotations.NullMarked;
