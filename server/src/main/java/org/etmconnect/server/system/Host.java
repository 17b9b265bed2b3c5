// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.system;

import java.nio.file.Path;

/**
 * The part of the machine that this server uses.
 *
 * @param name the machine and the process, as other servers on the database see it
 * @param data the data directory
 * @param embeddedDatabase whether the server runs its own PostgreSQL
 */
public record Host(String name, Path data, boolean embeddedDatabase) {}
