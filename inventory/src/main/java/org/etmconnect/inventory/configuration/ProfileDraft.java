// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import org.etmconnect.inventory.schedule.Schedule;

/**
 * A profile as a person writes it.
 *
 * @param name unique within its connection, not blank
 * @param description may be empty
 * @param transformMap the transform map it uses, by name
 * @param active whether it may run
 * @param schedule when it is due
 */
public record ProfileDraft(String name, String description, String transformMap, boolean active, Schedule schedule) {}
