/** As grafana/provisioning has them. */
export const PROMETHEUS_UID = 'prometheus';
export const JAEGER_UID = 'jaeger';

/** The data source that the page has chosen, ours unless somebody chose another. */
export const CHOSEN_PROMETHEUS = { type: 'prometheus', uid: '${datasource}' };
