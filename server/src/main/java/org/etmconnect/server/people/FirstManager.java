// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import java.util.Optional;
import org.etmconnect.inventory.people.PeopleStore;
import org.springframework.stereotype.Component;

/** Makes the one user that a new server has. */
@Component
public final class FirstManager {

    /** How the first user is called, unless the server is told otherwise. */
    public static final String NAME = "admin";

    private final PeopleStore people;
    private final Passwords passwords;

    FirstManager(PeopleStore people, Passwords passwords) {
        this.people = people;
        this.passwords = passwords;
    }

    /** Makes a Manager of this name if there is no user yet; its one-time password, which is kept nowhere. */
    public Optional<String> makeIfNobody(String name) {
        if (!people.people().isEmpty()) {
            return Optional.empty();
        }
        String password = passwords.oneTime();
        return people.createFirst(name, passwords.hash(password)).map(_ -> password);
    }
}
