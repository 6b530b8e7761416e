// Holds Kubernetes objects against the schemas of its API: kubernetes_schemas.mjs < LIST_AS_JSON prints what is wrong, a line each.
// Fields that no schema knows are wrong, too: the generated validators look up each field that they know, and here somebody watches.
const modules = new URL('node_modules/', import.meta.url);
const folders = {
  v1: ['kubernetes-models', 'IoK8sApiCoreV1'],
  'apps/v1': ['kubernetes-models', 'IoK8sApiAppsV1'],
  'autoscaling/v2': ['kubernetes-models', 'IoK8sApiAutoscalingV2'],
  'networking.k8s.io/v1': ['kubernetes-models', 'IoK8sApiNetworkingV1'],
  'policy/v1': ['kubernetes-models', 'IoK8sApiPolicyV1'],
  'monitoring.coreos.com/v1': [
    '@kubernetes-models/prometheus-operator',
    'ComGithubPrometheusOperatorPrometheusOperatorPkgApisMonitoringV1',
  ],
};

// A value that notes in `known` the path of each of its fields that is looked up.
function watched(value, path, known) {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, key) {
      const own = typeof key === 'string' && Object.hasOwn(target, key);
      if (own) known.add(`${path}/${key}`);
      return own ? watched(target[key], `${path}/${key}`, known) : target[key];
    },
  });
}

function* paths(value, path) {
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) {
    yield `${path}/${key}`;
    yield* paths(child, `${path}/${key}`);
  }
}

let text = '';
for await (const chunk of process.stdin) text += chunk;
for (const object of JSON.parse(text)) {
  const name = `${object.kind} ${object.metadata?.name}`;
  const folder = folders[object.apiVersion];
  if (!folder) {
    console.log(`${name}: no schemas for ${object.apiVersion}`);
    continue;
  }
  const file = new URL(`${folder[0]}/_schemas/${folder[1]}${object.kind}.js`, modules);
  let validate;
  try {
    ({ validate } = await import(file));
  } catch (error) {
    console.log(`${name}: ${object.apiVersion} knows no ${object.kind} (${error.message})`);
    continue;
  }
  const known = new Set();
  if (validate(watched(object, '', known))) {
    for (const path of paths(object, '')) if (!known.has(path)) console.log(`${name}: nobody knows ${path}`);
  } else {
    for (const error of validate.errors) console.log(`${name}: ${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`);
  }
}
