// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the base URL of the API out of what people paste: a host name, a console page, an address with too much or too little. */
sealed interface BaseUrl {

    /**
     * A usable base URL.
     *
     * @param url scheme, host and perhaps a port; no trailing slash
     * @param notices what was changed and why, a sentence each
     */
    record Usable(URI url, List<String> notices) implements BaseUrl {}

    /** {@code problem} says what is wrong and what to do. */
    record Unusable(String problem) implements BaseUrl {}

    /** A tenant's host: acme.xdr.eu.paloaltonetworks.com, acme.crtx.us.paloaltonetworks.com, with {@code api-} or without. */
    Pattern TENANT_HOST = Pattern.compile(
            "((?:api-)*)([^.]+(?:\\.[^.]+)*\\.(?:xdr|crtx)(?:\\.[a-z0-9-]+)*\\.paloaltonetworks\\.(?:com|cn))");

    String PREFIX = "api-";

    static BaseUrl read(String text, boolean allowPlainHttp) {
        List<String> notices = new ArrayList<>();
        String typed = text.strip();
        if (typed.contains("<") || typed.contains(">")) {
            return new Unusable("The base URL still holds a placeholder: put your tenant's name in place of " + typed
                    + ", as in https://api-acme.xdr.eu.paloaltonetworks.com.");
        }
        if (!typed.contains("://")) {
            notices.add("https:// was put before the base URL, which had no scheme.");
            typed = "https://" + typed;
        }
        URI uri;
        try {
            uri = new URI(typed);
        } catch (URISyntaxException e) {
            return new Unusable("The base URL is no URL (" + e.getReason()
                    + "). It looks like https://api-acme.xdr.eu.paloaltonetworks.com.");
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (uri.getHost() == null) {
            return new Unusable(
                    "The base URL names no host. It looks like https://api-acme.xdr.eu.paloaltonetworks.com.");
        }
        if (uri.getRawUserInfo() != null) {
            return new Unusable(
                    "The base URL holds a user name or password. Leave it out: the API key is entered in its own field.");
        }
        if (scheme.equals("http") && !allowPlainHttp) {
            return new Unusable(
                    "With http:// the API key would travel unencrypted. Use https://, or allow plain http in the "
                            + "network options if this is a simulator on this machine.");
        }
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return new Unusable("The base URL begins with " + scheme + "://. It has to begin with https://.");
        }
        if (!noneOrSlash(uri.getRawPath()) || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            notices.add(
                    "Everything after the host was removed from the base URL: the connector adds the API's paths itself.");
        } else if ("/".equals(uri.getRawPath())) {
            notices.add("The slash at the end of the base URL was removed.");
        }
        String host = tenantHost(uri.getHost().toLowerCase(Locale.ROOT), notices);
        return new Usable(URI.create(scheme + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort())), notices);
    }

    private static boolean noneOrSlash(String path) {
        return path == null || path.isEmpty() || path.equals("/");
    }

    private static String tenantHost(String host, List<String> notices) {
        Matcher tenant = TENANT_HOST.matcher(host);
        if (!tenant.matches()) {
            return host;
        }
        String prefixes = tenant.group(1);
        if (prefixes.isEmpty()) {
            notices.add(
                    "api- was put before the host: " + host + " is the console, the API is at " + PREFIX + host + ".");
        } else if (prefixes.length() > PREFIX.length()) {
            notices.add("The host began with api- more than once; one was kept.");
        }
        return PREFIX + tenant.group(2);
    }
}
