{{/* Its own part of a name; 40 letters leave room for ours. */}}
{{- define "permafrost.name" -}}
{{- if contains "permafrost" .Release.Name -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-permafrost" (.Release.Name | trunc 29 | trimSuffix "-") }}
{{- end -}}
{{- end -}}

{{/* Labels of the parts of this release: (list . "worker"). They select pods, so they never change. */}}
{{- define "permafrost.selector" -}}
app.kubernetes.io/name: permafrost
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "permafrost.labels" -}}
app.kubernetes.io/name: permafrost
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "permafrost.tag" -}}
{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "permafrost.temporalAddress" -}}
{{ required "temporal.address: missing; set it to host:port of Temporal as pods reach it" .Values.temporal.address }}
{{- end -}}

{{- define "permafrost.image" -}}
image: {{ printf "%s:%s" .Values.image.repository (include "permafrost.tag" .) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end -}}

{{/* The `restricted` pod security standard. */}}
{{- define "permafrost.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "permafrost.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* Where Temporal and S3 are, and how we identify ourselves. */}}
{{- define "permafrost.environment" -}}
env:
- {name: TEMPORAL_ADDRESS, value: {{ include "permafrost.temporalAddress" . | quote }}}
- {name: TEMPORAL_NAMESPACE, value: {{ .Values.temporal.namespace | quote }}}
{{- with .Values.temporal.apiKeySecretName }}
- {name: TEMPORAL_API_KEY, valueFrom: {secretKeyRef: {name: {{ . | quote }}, key: apiKey}}}
{{- end }}
{{- if .Values.temporal.tls.enabled }}
- {name: TEMPORAL_TLS, value: "true"}
{{- with .Values.temporal.tls.serverName }}
- {name: TEMPORAL_TLS_SERVER_NAME, value: {{ . | quote }}}
{{- end }}
{{- if .Values.temporal.tls.caSecretName }}
- {name: TEMPORAL_TLS_SERVER_CA_CERT_PATH, value: /etc/permafrost/temporal-ca/ca.crt}
{{- end }}
{{- if .Values.temporal.tls.clientSecretName }}
- {name: TEMPORAL_TLS_CLIENT_CERT_PATH, value: /etc/permafrost/temporal-client/tls.crt}
- {name: TEMPORAL_TLS_CLIENT_KEY_PATH, value: /etc/permafrost/temporal-client/tls.key}
{{- end }}
{{- end }}
- {name: AWS_REGION, value: {{ .Values.s3.region | quote }}}
{{- with .Values.s3.endpoint }}
- {name: AWS_ENDPOINT_URL, value: {{ . | quote }}}
{{- end }}
{{- if .Values.s3.caConfigMapName }}
- {name: NODE_EXTRA_CA_CERTS, value: /etc/permafrost/s3-ca/ca.crt}
{{- end }}
{{- with .Values.s3.secretName }}
envFrom:
- secretRef: {name: {{ . | quote }}}
{{- end }}
volumeMounts:
- {name: tmp, mountPath: /tmp}
- {name: cache, mountPath: /cache}
{{- if and .Values.temporal.tls.enabled .Values.temporal.tls.caSecretName }}
- {name: temporal-ca, mountPath: /etc/permafrost/temporal-ca, readOnly: true}
{{- end }}
{{- if and .Values.temporal.tls.enabled .Values.temporal.tls.clientSecretName }}
- {name: temporal-client, mountPath: /etc/permafrost/temporal-client, readOnly: true}
{{- end }}
{{- if .Values.s3.caConfigMapName }}
- {name: s3-ca, mountPath: /etc/permafrost/s3-ca, readOnly: true}
{{- end }}
{{- end -}}

{{- define "permafrost.volumes" -}}
volumes:
- {name: tmp, emptyDir: {}}
- {name: cache, emptyDir: {}}
{{- if .Values.temporal.tls.enabled }}
{{- with .Values.temporal.tls.caSecretName }}
- {name: temporal-ca, secret: {secretName: {{ . | quote }}}}
{{- end }}
{{- with .Values.temporal.tls.clientSecretName }}
- {name: temporal-client, secret: {secretName: {{ . | quote }}}}
{{- end }}
{{- end }}
{{- with .Values.s3.caConfigMapName }}
- {name: s3-ca, configMap: {name: {{ . | quote }}}}
{{- end }}
{{- end -}}

{{/* Where the pods of a part may run: its own block of values. */}}
{{- define "permafrost.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
