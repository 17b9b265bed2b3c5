// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.csv;

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

/** CSV files in a directory or a bucket, for ETM's Generic CSV and AWS S3 CSV connectors. */
public final class QualysEtmCsv implements DestinationKind {

    private static final String ASSETS = "etm-assets.csv";
    private static final String FINDINGS = "etm-findings.csv";

    private static final String DELIMITER = "delimiter";
    private static final String QUALIFIER = "qualifier";
    private static final String HEADER = "header";

    private final FileTarget target;

    /**
     * @param root the directory under which directories may be named
     * @param work where files for a bucket are made
     */
    public QualysEtmCsv(Path root, Path work) {
        this.target = new FileTarget(root, work);
    }

    @Override
    public String id() {
        return "qualys-etm-csv";
    }

    @Override
    public String title() {
        return "Qualys ETM, by CSV";
    }

    @Override
    public String description() {
        return "Writes the whole inventory as CSV files for ETM's Generic CSV and AWS S3 CSV connectors.";
    }

    @Override
    public List<AuthField> fields() {
        List<AuthField> fields = new ArrayList<>(target.fields());
        fields.add(choice("Column delimiter", DELIMITER, "As in the ETM connector.", "comma", "semicolon", "tab"));
        fields.add(choice("Qualifier", QUALIFIER, "As in the ETM connector.", "double", "single"));
        fields.add(choice("Header row", HEADER, "Whether the first line names the columns.", "yes", "no"));
        return List.copyOf(fields);
    }

    private static AuthField choice(String name, String key, String description, String... choices) {
        return new AuthField(name, key, AuthField.Type.ENUM, true, description, List.of(choices));
    }

    @Override
    public Set<String> leadTo() {
        return target.leadTo();
    }

    @Override
    public List<Problem> check(DestinationSettings settings) {
        return target.check(settings, fields());
    }

    private static CsvForm form(DestinationSettings settings) {
        char delimiter = switch (settings.value(DELIMITER).orElse("comma")) {
            case "semicolon" -> ';';
            case "tab" -> '\t';
            default -> ',';
        };
        return new CsvForm(
                delimiter,
                settings.value(QUALIFIER).orElse("double").equals("single") ? '\'' : '"',
                settings.value(HEADER).orElse("yes").equals("yes"));
    }

    @Override
    public ConnectionTest test(DestinationSettings settings) {
        return target.test(settings, check(settings));
    }

    @Override
    public void deliver(DeliveryWork work) {
        EtmCsvWriter writer = new EtmCsvWriter(work.database(), form(work.settings()));
        work.report().count(target.deliver(work.settings(), check(work.settings()), ASSETS, FINDINGS, writer::write));
    }
}
