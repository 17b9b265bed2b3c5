// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import org.springframework.security.config.annotation.web.builders.HttpSecurity;

/** Adds what lets people in that somebody else vouches for, if the operator wants that. */
public interface ForeignSignIn {

    /** Adds its filters, or nothing. */
    void configure(HttpSecurity http);
}
