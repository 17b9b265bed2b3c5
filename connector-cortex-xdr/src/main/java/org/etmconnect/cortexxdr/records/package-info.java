/** The join: stored pages read back as hosts with their CVEs. */
@NullMarked
package org.etmconnect.cortexxdr.records;

import org.jspecify.annotations.NullMarked;
