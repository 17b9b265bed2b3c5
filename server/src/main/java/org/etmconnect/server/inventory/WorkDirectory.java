// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import java.nio.file.Path;

/** Where files wait while they are made. */
public record WorkDirectory(Path path) {}
