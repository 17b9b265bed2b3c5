// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.PathResourceResolver;

/**
 * Serves the console from the class path. A path that is no file is a page of the console's own, so it gets the
 * console's one document: deep links and the browser's reload work.
 */
@Configuration(proxyBeanMethods = false)
class ConsoleFiles implements WebMvcConfigurer {

    private static final String FILES = "classpath:/console/";

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addViewController("/").setViewName("forward:/index.html");
        registry.addRedirectViewController("/api-docs", "/api-docs/index.html");
        registry.addRedirectViewController("/api-docs/", "/api-docs/index.html");
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        // Their names carry a hash of their content, so they never change.
        registry.addResourceHandler("/static/**")
                .addResourceLocations(FILES + "static/")
                .setCacheControl(CacheControl.maxAge(Duration.ofDays(365)).immutable());
        registry.addResourceHandler("/api-docs/**")
                .addResourceLocations("classpath:/api-docs/", swaggerUi())
                .setCacheControl(CacheControl.noCache());
        registry.addResourceHandler("/**")
                .addResourceLocations(FILES)
                .setCacheControl(CacheControl.noCache())
                .resourceChain(true)
                .addResolver(new PathResourceResolver() {
                    @Override
                    protected @Nullable Resource getResource(String path, Resource location) throws IOException {
                        Resource file = super.getResource(path, location);
                        return file != null || isOfServer(path) ? file : document();
                    }
                });
    }

    /** The folder of the library's only version on the class path. */
    private static String swaggerUi() {
        try {
            Resource[] found = new PathMatchingResourcePatternResolver()
                    .getResources("classpath*:/META-INF/resources/webjars/swagger-ui/*/swagger-ui-bundle.js");
            return Arrays.stream(found)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("The library swagger-ui is not on the class path"))
                    .createRelative("./")
                    .getURL()
                    .toString();
        } catch (IOException failure) {
            throw new UncheckedIOException("The library swagger-ui cannot be read", failure);
        }
    }

    /** What the server answers by itself, where a mistyped path is an error and not a page. */
    private static boolean isOfServer(String path) {
        return path.startsWith("api/") || path.startsWith("health/") || path.contains(".");
    }

    private static @Nullable Resource document() {
        Resource document = new ClassPathResource("console/index.html");
        return document.exists() ? document : null;
    }
}
