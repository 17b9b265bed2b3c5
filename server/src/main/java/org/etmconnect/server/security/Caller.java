// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/** Who makes the request under way. Safe for use by several threads. */
@Component
public final class Caller {

    /** The name that what is done by this request carries. */
    public String name() {
        return Optional.ofNullable(SecurityContextHolder.getContext().getAuthentication())
                .map(Authentication::getName)
                .map(name -> name.equals("api-token") ? "local token" : name)
                .orElseThrow(() -> new IllegalStateException("Nobody is known to make this request"));
    }
}
