"""What is in an image, as an SPDX 2.3 document."""

import datetime
import hashlib
import re
import urllib.parse


class Document:
    """The image is a package of its own, which contains all other packages, and files with their checksums."""

    def __init__(self, title, version, epoch, licence):
        self.title, self.version, self.epoch = title, version, epoch
        self.packages, self.files, self.relationships = [], [], []
        self.image = self.add_package(title, version, licence, purpose="CONTAINER", contained=False)

    def relate(self, one, kind, other):
        self.relationships.append({"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other})

    def add_package(self, name, version, licence, purpose="LIBRARY", supplier="NOASSERTION", url=None, comment=None, contained=True):
        identifier = f"SPDXRef-Package-{len(self.packages)}-" + re.sub(r"[^a-zA-Z0-9.]+", "-", name).strip("-")
        package = {
            "SPDXID": identifier, "name": name, "versionInfo": version, "supplier": supplier, "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False, "licenseConcluded": "NOASSERTION", "licenseDeclared": licence,
            "copyrightText": "NOASSERTION", "primaryPackagePurpose": purpose}
        if url:
            package["externalRefs"] = [
                {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": url}]
        if comment:
            package["comment"] = comment
        self.packages.append(package)
        if contained:
            self.relate(self.image["SPDXID"], "CONTAINS", identifier)
        return package

    def add_debian(self, name, version, architecture, source, source_version, licence, comment=None):
        locator = (f"pkg:deb/debian/{name}@{urllib.parse.quote(version, safe='')}?arch={architecture}"
                   f"&upstream={source}%40{urllib.parse.quote(source_version, safe='')}")
        self.add_package(name, version, licence, supplier="Organization: Debian", url=locator, comment=comment)

    def add_file(self, name, content, comment):
        identifier = f"SPDXRef-File-{len(self.files)}"
        self.files.append({
            "SPDXID": identifier, "fileName": f".{name}",
            "checksums": [{"algorithm": kind, "checksumValue": hashlib.new(kind.lower(), content).hexdigest()}
                          for kind in ("SHA1", "SHA256")],
            "licenseConcluded": "NOASSERTION", "copyrightText": "NOASSERTION", "comment": comment})
        self.relate(self.image["SPDXID"], "CONTAINS", identifier)

    def as_json(self):
        sha1s = sorted(file["checksums"][0]["checksumValue"] for file in self.files)
        code = hashlib.sha1("".join(sha1s).encode()).hexdigest()
        self.image.update(filesAnalyzed=True, packageVerificationCode={"packageVerificationCodeValue": code},
                          licenseInfoFromFiles=["NOASSERTION"])
        for file in self.files:
            file["licenseInfoInFiles"] = ["NOASSERTION"]
        created = datetime.datetime.fromtimestamp(self.epoch, datetime.timezone.utc)
        return {
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": self.title,
            "documentNamespace": f"https://spdx.org/spdxdocs/{self.title}-{self.version}-{code}",
            "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                             "creators": [f"Tool: trackfit-pack-{self.version}"]},
            "packages": self.packages, "files": self.files,
            "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                               "relatedSpdxElement": self.image["SPDXID"]}, *self.relationships]}
