/** What is noted of stored pages, shared by those who write them and those who read them back. */
@NullMarked
package org.etmconnect.cortexxdr.stored;

import org.jspecify.annotations.NullMarked;
