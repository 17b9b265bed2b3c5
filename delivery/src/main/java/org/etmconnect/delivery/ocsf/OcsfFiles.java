// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.delivery.files.FileTarget;
import org.etmconnect.inventory.configuration.DestinationSettings;

/** OCSF events as JSON Lines in a directory or a bucket. */
public final class OcsfFiles implements DestinationKind {

    private static final String ASSETS = "ocsf-inventory-info.jsonl";
    private static final String FINDINGS = "ocsf-vulnerability-findings.jsonl";

    private final FileTarget target;

    /**
     * @param root the directory under which directories may be named
     * @param work where files for a bucket are made
     */
    public OcsfFiles(Path root, Path work) {
        this.target = new FileTarget(root, work);
    }

    @Override
    public String id() {
        return "ocsf-files";
    }

    @Override
    public String title() {
        return "OCSF files";
    }

    @Override
    public String description() {
        return "Writes the whole inventory as OCSF events, JSON Lines, for security data lakes.";
    }

    @Override
    public List<AuthField> fields() {
        return target.fields();
    }

    @Override
    public Set<String> leadTo() {
        return target.leadTo();
    }

    @Override
    public List<Problem> check(DestinationSettings settings) {
        return target.check(settings, fields());
    }

    @Override
    public ConnectionTest test(DestinationSettings settings) {
        return target.test(settings, check(settings));
    }

    @Override
    public void deliver(DeliveryWork work) {
        work.report()
                .count(target.deliver(
                        work.settings(),
                        check(work.settings()),
                        ASSETS,
                        FINDINGS,
                        new OcsfWriter(work.database())::write));
    }
}
