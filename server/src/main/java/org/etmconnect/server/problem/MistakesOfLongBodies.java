// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import jakarta.validation.executable.ExecutableValidator;
import jakarta.validation.metadata.BeanDescriptor;
import java.util.Map;
import java.util.Set;
import org.hibernate.validator.BaseHibernateValidatorConfiguration;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Configuration;
import org.springframework.validation.beanvalidation.LocalValidatorFactoryBean;
import org.springframework.validation.beanvalidation.SpringValidatorAdapter;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Of a short body all mistakes are told. A mistake takes some hundred times the room of what it is about, so of a long body, and
 * of one whose length nobody said, only one is looked for: those of a megabyte would fill the memory.
 */
@Configuration(proxyBeanMethods = false)
class MistakesOfLongBodies implements WebMvcConfigurer, DisposableBean {

    private static final long SHORT_BYTES = 16L << 10;

    private final LocalValidatorFactoryBean one = new LocalValidatorFactoryBean();
    private final Validator all;

    /** @param all Spring Boot's own, which looks for all */
    MistakesOfLongBodies(Validator all) {
        this.all = all;
        one.setValidationPropertyMap(Map.of(BaseHibernateValidatorConfiguration.FAIL_FAST, "true"));
        one.afterPropertiesSet();
    }

    @Override
    public org.springframework.validation.Validator getValidator() {
        return new SpringValidatorAdapter(new ByLength());
    }

    @Override
    public void destroy() {
        one.destroy();
    }

    /** Asks the one that fits the request in hand. */
    private final class ByLength implements Validator {

        private Validator fitting() {
            return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                            && isLong(attributes.getRequest())
                    ? one
                    : all;
        }

        private boolean isLong(HttpServletRequest request) {
            long length = request.getContentLengthLong();
            // a request without a body says no length either
            return length > SHORT_BYTES || (length < 0 && request.getContentType() != null);
        }

        @Override
        public <T> Set<ConstraintViolation<T>> validate(T object, Class<?>... groups) {
            return fitting().validate(object, groups);
        }

        @Override
        public <T> Set<ConstraintViolation<T>> validateProperty(T object, String property, Class<?>... groups) {
            return fitting().validateProperty(object, property, groups);
        }

        @Override
        public <T> Set<ConstraintViolation<T>> validateValue(
                Class<T> type, String property, Object value, Class<?>... groups) {
            return fitting().validateValue(type, property, value, groups);
        }

        @Override
        public BeanDescriptor getConstraintsForClass(Class<?> type) {
            return all.getConstraintsForClass(type);
        }

        @Override
        public <T> T unwrap(Class<T> type) {
            return all.unwrap(type);
        }

        @Override
        public ExecutableValidator forExecutables() {
            return fitting().forExecutables();
        }
    }
}
