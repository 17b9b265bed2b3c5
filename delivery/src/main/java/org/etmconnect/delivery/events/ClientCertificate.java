// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;

/**
 * A key and the certificates that go with it, as PEM.
 *
 * @param key PKCS #8, not encrypted
 * @param chain the key's own certificate first
 */
record ClientCertificate(Secret key, Secret chain) {

    private static final String KEY = "PRIVATE KEY";
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    /** What stands between BEGIN and END, as Base64. */
    private record Block(String type, String base64) {

        byte[] content() {
            try {
                return Base64.getMimeDecoder().decode(base64);
            } catch (IllegalArgumentException noBase64) {
                return new byte[0];
            }
        }
    }

    /**
     * Reads key and certificates as people paste them; a form may have eaten the line ends.
     *
     * @param problems told what is wrong; none of it has a secret in it
     * @return empty if something is wrong
     */
    static Optional<ClientCertificate> read(Secret key, Secret chain, List<Problem> problems) {
        int before = problems.size();
        Optional<Block> keyBlock = key(key, problems);
        List<Block> certificates = blocks(chain);
        List<X509Certificate> read = new ArrayList<>();
        try {
            for (Block block : certificates) {
                if (!block.type().equals(CERTIFICATE)) {
                    throw new CertificateException("a " + block.type() + " is among them");
                }
                read.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(block.content())));
            }
        } catch (CertificateException e) {
            problems.add(new Problem(
                    KafkaSettings.CLIENT_CERTIFICATES, "The certificates cannot be read: " + e.getMessage() + "."));
        }
        if (certificates.isEmpty()) {
            problems.add(new Problem(
                    KafkaSettings.CLIENT_CERTIFICATES,
                    "Give the client certificate and those that lead to the brokers' CA, as PEM."));
        }
        if (problems.size() == before && !fits(keyBlock.orElseThrow(), read.getFirst())) {
            problems.add(new Problem(
                    KafkaSettings.CLIENT_KEY,
                    "It is not the key of the first certificate, "
                            + read.getFirst().getSubjectX500Principal() + ". Put the client's own certificate first."));
        }
        return problems.size() > before
                ? Optional.empty()
                : Optional.of(new ClientCertificate(
                        Secret.of(pem(keyBlock.orElseThrow())),
                        Secret.of(certificates.stream()
                                .map(ClientCertificate::pem)
                                .collect(Collectors.joining()))));
    }

    private static Optional<Block> key(Secret given, List<Problem> problems) {
        List<Block> blocks = blocks(given);
        if (blocks.size() == 1 && blocks.getFirst().type().equals(KEY)) {
            return Optional.of(blocks.getFirst());
        }
        boolean other = blocks.stream().anyMatch(block -> block.type().endsWith(KEY));
        problems.add(
                new Problem(
                        KafkaSettings.CLIENT_KEY,
                        other
                                ? "It is not PKCS #8, or it has a passphrase. Make one: openssl pkcs8 -topk8 -nocrypt -in key.pem"
                                : "Give the private key of the client certificate as PEM, from -----BEGIN PRIVATE KEY----- on."));
        return Optional.empty();
    }

    private static List<Block> blocks(Secret pem) {
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(pem.reveal());
        while (block.find()) {
            blocks.add(new Block(block.group(1), block.group(2)));
        }
        return blocks;
    }

    private static String pem(Block block) {
        return "-----BEGIN " + block.type() + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(block.content()) + "\n-----END "
                + block.type() + "-----\n";
    }

    /** Whether what the key signs the certificate's public key verifies. */
    private static boolean fits(Block key, X509Certificate certificate) {
        String algorithm = certificate.getPublicKey().getAlgorithm();
        try {
            PrivateKey own = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key.content()));
            Signature signature = Signature.getInstance(
                    switch (algorithm) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> algorithm;
                    });
            signature.initSign(own);
            signature.update(key.content());
            byte[] signed = signature.sign();
            signature.initVerify(certificate);
            signature.update(key.content());
            return signature.verify(signed);
        } catch (NoSuchAlgorithmException unknown) {
            return true;
        } catch (GeneralSecurityException wrong) {
            return false;
        }
    }
}
