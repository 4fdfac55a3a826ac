# JupyterLab with Livespike: docker build -t livespike . && docker run -p 8888:8888 livespike
# One binary is copied; no Go toolchain is in the image.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /snnrepl ./cmd/snnrepl

FROM quay.io/jupyter/base-notebook:latest
COPY --from=build /snnrepl /opt/conda/bin/snnrepl
RUN snnrepl kernel install --prefix /opt/conda
COPY --chown=1000:100 notebooks /home/jovyan/notebooks
COPY --chown=1000:100 tutorials /home/jovyan/tutorials
