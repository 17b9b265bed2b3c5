/** Reading everything a connection asks for, page by page, and proving that nothing is missing. */
@NullMarked
package org.etmconnect.cortexxdr.fetch;

import org.jspecify.annotations.NullMarked;
