// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.delivery.files.FileTarget;
import org.etmconnect.inventory.configuration.DestinationSettings;

/** OCSF events as JSON Lines or Parquet in a directory or a bucket. */
public final class OcsfFiles implements DestinationKind {

    private static final String ASSETS = "ocsf-inventory-info.";
    private static final String FINDINGS = "ocsf-vulnerability-findings.";

    private static final String FORMAT = "format";
    private static final String PARQUET = "parquet";

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
        return "Writes the whole inventory as OCSF events, in JSON Lines or Parquet, for security data lakes.";
    }

    @Override
    public List<AuthField> fields() {
        List<AuthField> fields = new ArrayList<>(target.fields());
        fields.add(new AuthField(
                "File format",
                FORMAT,
                AuthField.Type.ENUM,
                true,
                "JSON Lines, or Parquet, which is smaller and which data lakes read faster.",
                List.of("json-lines", PARQUET)));
        return List.copyOf(fields);
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
        OcsfFormat format =
                work.settings().value(FORMAT).orElse("").equals(PARQUET) ? OcsfFormat.PARQUET : OcsfFormat.JSON_LINES;
        work.report()
                .count(target.deliver(
                        work.settings(),
                        check(work.settings()),
                        ASSETS + format.ending(),
                        FINDINGS + format.ending(),
                        new OcsfWriter(work.database(), format)::write));
    }
}
