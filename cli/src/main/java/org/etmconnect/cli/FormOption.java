// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import picocli.CommandLine.Option;

/** In what form a command writes. */
final class FormOption {

    @Option(
            names = "--output",
            paramLabel = "FORM",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Output.Form form = Output.Form.table;

    Output.Form form() {
        return form;
    }
}
