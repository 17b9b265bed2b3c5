// SPDX-License-Identifier: Apache-2.0
/** Where files are delivered: a directory of the server, or a bucket. */
@NullMarked
package org.etmconnect.delivery.files;

import org.jspecify.annotations.NullMarked;
